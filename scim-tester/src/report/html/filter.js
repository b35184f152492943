const form = document.getElementById("filter");
const rows = document.querySelectorAll("#results tbody tr");
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const words = form.elements.text.value.toLowerCase();
  const verdict = form.elements.verdict.value;
  for (const row of rows) {
    const fits = row.textContent.toLowerCase().includes(words) && (!verdict || row.dataset.verdict === verdict);
    row.style.display = fits ? "" : "none";
  }
});
