// @ts-check
// Before anything is drawn: the colours that were chosen last time. Storage may be denied.
try {
  const theme = localStorage.getItem('catalog-theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset['theme'] = theme;
} catch {
  // The colours of the system, then.
}
