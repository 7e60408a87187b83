"""Where are the figures kept, and who may open the file?"""
