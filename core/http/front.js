// Tells Streamlit's page where its server is: left alone it searches below
// the address of the page, and the browser reports every miss as an error.
window.prerenderReady = false;
window.__streamlit = {
  BACKEND_BASE_URL: window.location.origin,
  MAIN_PAGE_BASE_URL: window.location.origin,
};
