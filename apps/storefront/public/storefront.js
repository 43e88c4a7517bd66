// @ts-check
// What happens on the page becomes events: they go to POST /collect, in order, and the trail at
// the bottom of the page shows what became of them.

/**
 * @typedef {{ event: 'page_view' | 'click', timestamp: string, [field: string]: string }} TrackedEvent
 * @typedef {{ event_id: string, shard_id: string, sequence_number: string, attempts: number }} Receipt
 * @typedef {Receipt | { error: { code: string, message: string } }} Result
 * @typedef {{ event: string, detail: string, result?: Result }} TrailEntry
 */

const userId = /(?:^|; )shopper=([^;]+)/.exec(document.cookie)?.[1] ?? 'shopper-without-cookies';
const envelope = {
  session_id: remember('session', () => `session-${Date.now().toString(36)}-${random()}`),
  locale: navigator.language,
};

/** @type {TrackedEvent[]} */
let waiting = [];
let sending = false;

/** @param {string} key @param {() => string} create */
function remember(key, create) {
  const value = sessionStorage.getItem(key) ?? create();
  sessionStorage.setItem(key, value);
  return value;
}

function random() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {TrackedEvent['event']} event @param {Record<string, string>} fields */
function track(event, fields) {
  waiting.push({ event, timestamp: new Date().toISOString(), ...envelope, ...fields });
  void send();
}

/** One request at a time, so that events arrive in the order in which they happened. */
async function send() {
  if (sending) return;
  sending = true;
  while (waiting.length > 0) {
    try {
      await post(waiting.splice(0, 50));
      await showTrail();
    } catch {
      show('.trail-note', 'The shop does not answer: the last events may be lost.');
    }
  }
  sending = false;
}

/** @param {TrackedEvent[]} events */
function post(events) {
  return fetch('/collect?receipts=1', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: userId, events }),
    // The request goes on when the page is left; the next page shows what became of it.
    keepalive: true,
  });
}

async function showTrail() {
  const response = await fetch('/trail');
  /** @type {TrailEntry[]} */
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- the answer of our own server
  const entries = await response.json();
  const delivered = entries.filter(({ result }) => result && 'event_id' in result).length;
  show('.trail-count', String(delivered));
  show('.trail-list', ...entries.map(trailItem));
}

/** @param {string} selector @param {(Node | string)[]} children */
function show(selector, ...children) {
  document.querySelector(selector)?.replaceChildren(...children);
}

/** @param {TrailEntry} entry */
function trailItem({ event, detail, result }) {
  const item = document.createElement('li');
  item.className = !result ? 'waiting' : 'error' in result ? 'refused' : 'delivered';
  item.append(textElement('strong', event), detail, ...fate(result));
  return item;
}

/** @param {Result | undefined} result */
function fate(result) {
  if (!result) return [textElement('div', 'on its way')];
  if ('error' in result) return [textElement('div', result.error.message)];
  const { event_id, shard_id, sequence_number, attempts } = result;
  const shard = shard_id.replace(/^shardId-0*(?=\d)/, 'shard ');
  const again = attempts > 1 ? `, attempt ${attempts}` : '';
  const place = `${shard}, …${sequence_number.slice(-12)}${again}`;
  return [textElement('div', event_id), textElement('div', place)];
}

/** @param {string} name @param {string} text */
function textElement(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

document.addEventListener('click', ({ target }) => {
  const element = target instanceof Element ? target.closest('[data-track]') : null;
  const elementId = element?.getAttribute('data-track');
  if (elementId) track('click', { element_id: elementId, page: location.pathname });
});

// What was not sent yet goes along when the page is left, without waiting for its turn.
window.addEventListener('pagehide', () => {
  const events = waiting;
  waiting = [];
  if (events.length > 0) void post(events).catch(() => undefined);
});

const details = document.querySelector('.trail details');
if (details instanceof HTMLDetailsElement) {
  details.open = remember('trail-open', () => 'true') === 'true';
  details.addEventListener('toggle', () => {
    sessionStorage.setItem('trail-open', String(details.open));
  });
}

track('page_view', {
  url: location.href,
  title: document.title,
  ...(document.referrer && { referrer: document.referrer }),
});
