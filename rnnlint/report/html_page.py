"""The style sheet and the filter of the HTML page."""

from __future__ import annotations

STYLE = """
:root {
  --line: #d0d7de; --shade: #f6f8fa;
  --error: #b3261e; --warning: #8a5a00; --advice: #0b5f8a; --refuted: #57606a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --line: #3d444d; --shade: #161b22;
    --error: #ff8a80; --warning: #f0b84b; --advice: #6cc3f0; --refuted: #9198a1;
  }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem }
h2 { font-size: 1rem; font-family: ui-monospace, monospace; border-bottom: 1px solid var(--line); margin-top: 2rem }
h3 { font-size: 1rem; font-weight: normal; margin: 0.3rem 0 }
h3 span { font-weight: bold }
article { border-left: 4px solid; padding-left: 0.8rem; margin: 1rem 0 }
article p { margin: 0.2rem 0 }
.error { border-color: var(--error) } .error h3 span { color: var(--error) }
.warning { border-color: var(--warning) } .warning h3 span { color: var(--warning) }
.advice { border-color: var(--advice) } .advice h3 span { color: var(--advice) }
.refuted { border-color: var(--refuted); color: var(--refuted) } .refuted h3 { text-decoration: line-through }
pre { background: var(--shade); padding: 0.5rem; overflow-x: auto; margin: 0.3rem 0 }
form { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 1rem; padding: 0.5rem; background: var(--shade) }
footer { margin-top: 2rem; color: var(--refuted) }
[hidden] { display: none }
"""

SCRIPT = """
const form = document.getElementById("filter");
function filter() {
  const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
  const rule = form.elements.rule.value;
  const words = form.elements.words.value.toLowerCase();
  let shown = 0;
  for (const section of document.querySelectorAll("section")) {
    let any = false;
    for (const article of section.querySelectorAll("article")) {
      const text = (section.firstElementChild.textContent + article.textContent).toLowerCase();
      const visible = severities.has(article.dataset.severity)
        && (!rule || rule === article.dataset.rule) && text.includes(words);
      article.hidden = !visible;
      any = any || visible;
      shown += visible;
    }
    section.hidden = !any;
  }
  form.elements.shown.value = `${shown} shown`;
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
"""
