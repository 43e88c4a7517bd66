// @ts-check
// What the pages can do beyond being read: search, copy, and the choice of colours. A classic
// script, because a page on a disk cannot load modules.

/** @typedef {readonly [name: string, context: string, meaning: string, link: string]} SearchEntry */

{
  const root = document.documentElement;
  /** @template {Element} Kind @param {string} selector @param {new () => Kind} kind @returns {Kind} */
  const find = (selector, kind) => {
    const found = document.querySelector(selector);
    if (found instanceof kind) return found;
    throw new Error(`The page has no ${selector}`);
  };

  const status = find('.status', HTMLElement);

  // Colours.
  const toggle = find('.theme', HTMLButtonElement);
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () =>
    root.dataset['theme'] === undefined ? prefersDark.matches : root.dataset['theme'] === 'dark';
  const showTheme = () => toggle.setAttribute('aria-pressed', String(isDark()));
  prefersDark.addEventListener('change', showTheme);
  toggle.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    root.dataset['theme'] = theme;
    showTheme();
    try {
      localStorage.setItem('catalog-theme', theme);
    } catch {
      // Storage is denied: the choice holds for this page.
    }
  });
  showTheme();
  toggle.hidden = false;

  // Copy.
  /** The old way works where the page may not use the clipboard, as from a disk in some browsers.
   * @param {string} text */
  const copyTheOldWay = (text) => {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  };
  /** @param {string} text */
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyTheOldWay(text);
    }
  };
  for (const button of document.querySelectorAll('button.copy')) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    const copyCode = async () => {
      const code = button.closest('figure')?.querySelector('code')?.textContent ?? '';
      const done = await copy(`${code}\n`);
      button.focus();
      button.textContent = done ? 'Copied' : 'Not copied';
      status.textContent = done ? 'Copied' : 'Not copied: select the code and copy it yourself';
      setTimeout(() => {
        button.textContent = 'Copy';
        status.textContent = '';
      }, 1500);
    };
    button.addEventListener('click', () => void copyCode());
  }

  // Search.
  const index = globalThis.searchIndex ?? [];
  const box = find('.search', HTMLElement);
  const input = find('.search input', HTMLInputElement);
  const results = find('.results', HTMLElement);
  const MOST = 12;
  let active = -1;

  /** How well one word fits one entry: 0 not at all. @param {SearchEntry} entry @param {string} word */
  const fit = ([name, context, meaning], word) => {
    const lower = name.toLowerCase();
    if (lower === word) return 100;
    if (lower.startsWith(word)) return 60;
    if (lower.split(/[_.[\] ]+/).some((part) => part.startsWith(word))) return 40;
    if (lower.includes(word)) return 20;
    if (context.toLowerCase().startsWith(word)) return 10;
    return meaning.toLowerCase().includes(word) ? 5 : 0;
  };

  /** @param {readonly number[]} numbers */
  const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

  /** The best entries: every word must fit. @param {string} query */
  const search = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    return index
      .map((entry) => ({ entry, fits: words.map((word) => fit(entry, word)) }))
      .filter(({ fits }) => !fits.includes(0))
      .map(({ entry, fits }) => ({ entry, score: sum(fits) }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, MOST)
      .map(({ entry }) => entry);
  };

  /** @param {string} tag @param {string} className @param {string} text */
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  /** @param {SearchEntry} entry @param {number} position */
  const option = ([name, context, meaning, link], position) => {
    const made = document.createElement('a');
    made.href = (root.dataset['root'] ?? '') + link;
    made.id = `result-${position}`;
    made.tabIndex = -1;
    made.setAttribute('role', 'option');
    made.setAttribute('aria-selected', 'false');
    made.append(
      element('code', '', name),
      element('span', 'context', context),
      element('span', 'found', meaning),
    );
    // A field of this very page: there is nothing to load, so nobody else closes the list.
    made.addEventListener('click', () => close());
    return made;
  };

  const close = () => {
    results.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };

  /** @param {number} position */
  const activate = (position) => {
    const options = [...results.querySelectorAll('[role=option]')];
    active = options.length === 0 ? -1 : (position + options.length) % options.length;
    for (const [at, each] of options.entries()) {
      each.setAttribute('aria-selected', String(at === active));
      if (at === active) each.scrollIntoView({ block: 'nearest' });
    }
    if (active !== -1) input.setAttribute('aria-activedescendant', `result-${active}`);
  };

  const show = () => {
    const found = search(input.value);
    if (input.value.trim() === '') {
      close();
      return;
    }
    results.replaceChildren(
      ...(found.length === 0
        ? [element('p', 'none', `Nothing is called “${input.value.trim()}”.`)]
        : found.map(option)),
    );
    results.hidden = false;
    input.setAttribute('aria-expanded', String(found.length > 0));
    status.textContent = found.length === 0 ? 'Nothing found' : `${found.length} found`;
    activate(0);
  };

  input.addEventListener('input', show);
  input.addEventListener('focus', show);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close();
      input.value = '';
      input.blur();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (results.hidden) show();
      else activate(active + (event.key === 'ArrowDown' ? 1 : -1));
      event.preventDefault();
    } else if (event.key === 'Enter') {
      const chosen = results.querySelector('[aria-selected=true]');
      if (chosen instanceof HTMLAnchorElement) chosen.click();
      event.preventDefault();
    }
  });
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !box.contains(event.target)) close();
  });
  box.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node && box.contains(event.relatedTarget))) close();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  box.hidden = false;
}
