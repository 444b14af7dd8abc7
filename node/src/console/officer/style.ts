/** Of the officer's page; light and dark, from a phone's width up. */
export const officerStyle = `
:root { color-scheme: light dark; --paper: #f6f5f1; --card: #fffefb; --ink: #1b2733; --soft: #54606c; --line: #d9d6cc; --accent: #15596b; --on-accent: #fff; --warn: #74500a; --warn-wash: #faf0da; --good-wash: #e5f1e9; --good: #1a6340; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #10151a; --card: #171f27; --ink: #e7eaec; --soft: #a5b0ba; --line: #2a343e; --accent: #86c9db; --on-accent: #0c1519; --warn: #ecc574; --warn-wash: #2a2314; --good-wash: #13281f; --good: #84d3a8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1.25rem 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { font-family: Georgia, "Liberation Serif", serif; line-height: 1.2; margin: 0; }
h2 { margin-top: 2rem; font-size: 1.35rem; }
h3 { font-size: 1.1rem; }
h3 small { color: var(--soft); font: 0.85rem system-ui, sans-serif; }
p, dl, ul { margin: 0.5rem 0 0; }
header p, .empty { color: var(--soft); }
a { color: var(--accent); }
article { margin-top: 1rem; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
dl div { display: grid; grid-template-columns: minmax(7rem, 12rem) 1fr; gap: 0 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
.warning, .notice { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--warn-wash); color: var(--warn); }
.notice { background: var(--good-wash); color: var(--good); }
form { margin-top: 1rem; display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
label { flex-basis: 100%; color: var(--soft); }
input[name="reason"] { flex: 1 1 16rem; padding: 0.5rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 0.35rem; }
button { padding: 0.5rem 1.1rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 0.35rem; cursor: pointer; }
button[value="refuse"] { color: var(--accent); background: transparent; }
.scroll { overflow-x: auto; }
table { margin-top: 0.75rem; border-collapse: collapse; width: 100%; overflow-wrap: normal; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
@media (max-width: 30rem) { dl div { grid-template-columns: 1fr; } }
`;
