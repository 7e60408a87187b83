"""Sign in: where a stranger begins; whoever is in goes on to the overview."""

from pathlib import Path

import streamlit as st

from core.ui import frame

page = frame.open_page("Sign in")

st.switch_page(Path(__file__).with_name("overview.py"))
