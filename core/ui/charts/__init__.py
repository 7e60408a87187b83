"""How does an answer look? Pure: a table in, a figure and its words out.

Nothing here adds money, and nothing here knows light or dark: Streamlit gives
the figure the fonts and grounds of the theme, `palette` the colours that mean
something on both.
"""
