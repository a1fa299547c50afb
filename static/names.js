// Gives the boxes that Select2 draws in the administration the names of the fields they stand for.
"use strict";
{
  const nameOf = (select) => {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    return label ? label.textContent.replace(/[:：]?\s*$/, "").trim() : select.name;
  };
  const name = () => {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      for (const part of select.parentElement.querySelectorAll(".select2-container [role]")) {
        if (["combobox", "textbox", "searchbox"].includes(part.getAttribute("role"))) {
          part.setAttribute("aria-label", nameOf(select));
        }
      }
    }
    const open = document.querySelector(".select2-container--open [aria-controls], .select2-container--open [aria-label]");
    for (const box of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
      box.setAttribute("aria-label", open?.getAttribute("aria-label") || document.title);
    }
  };
  window.addEventListener("load", () => {
    name();
    new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  });
}
