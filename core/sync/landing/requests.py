"""Which reports were asked for and are not loaded yet, also after a kill?"""


