/* Copy buttons: the only thing here that cannot be done without a script. */

const announcement = document.querySelector(".announcement");

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const isCode = source.localName === "pre";
  const text = isCode ? source.textContent : source.textContent.replace(/\s+/g, " ").trim();
  try {
    await navigator.clipboard.writeText(text);
    announcement.textContent = announcement.dataset.copied;
  } catch {
    announcement.textContent = announcement.dataset.refused;
  }
}

// Browsers offer the clipboard only on secure pages.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.addEventListener("click", () => copy(button));
    button.hidden = false;
  }
} else {
  document.documentElement.classList.add("without-clipboard");
}
