"""Amazon's Selling Partner API, asked politely and never believed blindly."""

from core.kernel.settings import forget_variables

# The library reads these behind our back, most of them when it is imported:
# a default marketplace wins over the one that is asked for.
forget_variables(
    "SP_API_DEFAULT_MARKETPLACE",
    "AWS_ENV",
    "SP_API_AUTH_CACHE_SIZE",
    "SP_API_AUTH_CACHE_TTL",
)
