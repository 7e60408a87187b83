"""Sync: how fresh are the figures, and what went wrong?"""

import streamlit as st

from core.analytics import issues
from core.ui import forms, frame, notices, progress, tables

page = frame.open_page("Sync", needs_figures=False)

forms.sync_now(page.visitor, page.workspace)
page.heading("Newest sync")
results = progress.results(page.workspace.workspace_id)
if results.num_rows:
    st.caption(progress.in_short(results))
    tables.grid(results, alt="How each dataset of the newest sync ended")
else:
    notices.nothing("Nothing has been synced yet.")
page.heading("What could not be used")
waiting, found = page.read(issues.quarantine), page.read(issues.newest)
for table, alt in (
    (waiting, "Order lines of sales channels that are not known"),
    (found, "Issues, the newest first"),
):
    if table.num_rows:
        st.caption(alt)
        tables.grid(table, alt=alt)
if not waiting.num_rows and not found.num_rows:
    st.caption("Everything that came in could be used.")
page.heading("Connect another account")
with st.expander("Connect a seller account to this workspace"):
    forms.connect(page.visitor, page.workspace)
