extension Page {
    static let style = #"""
        :root {
          color-scheme: light dark;
          --back: light-dark(#f6f7f9, #14161a); --card: light-dark(#fff, #1d2026); --line: light-dark(#d8dce3, #343943);
          --text: light-dark(#1b1f27, #e8eaee); --soft: light-dark(#596273, #a3abb9); --link: light-dark(#0b57d0, #8ab4ff);
          --good: light-dark(#14713d, #6fd598); --bad: light-dark(#b3261e, #ff9c93); --new: light-dark(#fff3c4, #4a4218);
        }
        * { box-sizing: border-box; }
        /* A word goes to the next line as a whole; only one that is longer than a line is cut. */
        body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
        main, header { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
        header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem 1.5rem; padding-top: 1.75rem; }
        h1 { margin: 0; font-size: 1.6rem; letter-spacing: -.02em; }
        h2 { margin: 0 0 .6rem; font-size: 1.05rem; }
        p { margin: .25rem 0 .75rem; color: var(--soft); }
        a { color: var(--link); }
        section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; margin: 1rem 0; }
        #state { font-weight: 600; }
        #state::before { content: "●"; margin-right: .4em; }
        #state[data-state=open] { color: var(--good); }
        #state[data-state=closed], #access-note.bad { color: var(--bad); }
        table { width: 100%; border-collapse: collapse; table-layout: fixed; }
        th { text-align: left; font-size: .85rem; color: var(--soft); font-weight: 600; }
        th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        .status { width: 7.5rem; } .number { width: 6.5rem; } .project { width: 9rem; } .id { width: 20.5rem; }
        .status, .number, .id, #address { white-space: nowrap; }
        td.id, code, pre, #log { font-family: ui-monospace, monospace; font-size: .85rem; }
        td.number, th.number { text-align: right; padding-right: 1.5rem; }
        #address { display: inline-block; max-width: 100%; overflow-x: auto; vertical-align: bottom; }
        @media (prefers-reduced-motion: no-preference) { tr.changed { animation: changed 2s ease-out; } }
        @keyframes changed { from { background: var(--new); } }
        #log { margin: 0; padding: 0; list-style: none; max-height: 16rem; overflow-y: auto; }
        #log li { padding: .15rem 0; }
        #log time { color: var(--soft); margin-right: .75em; white-space: nowrap; }
        pre { margin: 0; padding: .9rem; overflow-x: auto; background: var(--back); border-radius: .5rem; }
        form, .row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
        input { flex: 1 1 14rem; min-width: 0; }
        input, button { font: inherit; padding: .4rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--back); color: inherit; }
        input[aria-invalid=true] { border-color: var(--bad); }
        ::placeholder { color: var(--soft); opacity: 1; }
        button { cursor: pointer; font-weight: 600; }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        /* A table is too wide for a telephone: there a task is a card, its title above, what else there is below. */
        @media (max-width: 58rem) {
          main, header { padding: 0 .75rem; }
          section { padding: .9rem .8rem; }
          table, tbody { display: block; }
          thead { display: none; }
          tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
          #tasks td { width: auto; max-width: 100%; padding: 0; border: 0; text-align: left; }
          td.title { flex: 1 0 100%; font-weight: 600; }
          td.number::before { content: "priority "; } td.project::before { content: "project "; }
          td.number::before, td.project::before, td.id { color: var(--soft); }
          #tasks td.id { flex: 1 0 100%; font-size: .7rem; }
        }
        """#
}
