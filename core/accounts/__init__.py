"""Who is who, and what may they do?"""
