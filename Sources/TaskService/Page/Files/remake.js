// An element is made like another and not replaced by it: what is in the document stays there, and with it the focus, how far
// it is scrolled, and what is opened.

/// What tells one child from another. Those without any of it are told apart by their places.
const keyNames = ["id", "role", "href", "aria-labelledby", "data-act", "data-part", "data-key"];
const keyOf = (node) => [node.nodeName, ...keyNames.map((name) => node.getAttribute?.(name))].join();

/// Gives an element the children that are wanted: of the former ones each that is one of them, and the others as they come.
function remake(element, wanted) {
  const former = [...element.childNodes];
  let place = 0;
  for (const child of wanted) {
    const key = keyOf(child), found = former.findIndex((node, index) => index >= place && keyOf(node) === key);
    if (found < 0) {
      element.insertBefore(child, former[place] ?? null);
      continue;
    }
    for (const node of former.slice(place, found)) node.remove();
    makeLike(former[found], child);
    place = found + 1;
  }
  for (const node of former.slice(place)) node.remove();
}

function makeLike(node, wanted) {
  if (node.isEqualNode(wanted)) return;
  if (node.nodeType === Node.TEXT_NODE) return void (node.data = wanted.data);
  for (const { name } of [...node.attributes]) if (name !== "open" && !wanted.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of wanted.attributes) setAttribute(node, name, value);
  remake(node, [...wanted.childNodes]);
}
