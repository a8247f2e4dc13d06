// Filters on the index of rules: a text, and a choice for each column that has few values. Without JavaScript all rows show.
const COLUMNS = { severity: 2, for: 3, symptoms: 4, confirm: 5, fix: 6 };

const place = document.getElementById("rule-filter");
if (place) {
  const rows = [...document.querySelectorAll(".md-typeset table tbody tr")];
  const sections = [...document.querySelectorAll(".md-typeset h2")].map((heading) => {
    const table = heading.nextElementSibling;
    return { parts: [heading, table], rows: [...table.querySelectorAll("tbody tr")] };
  });
  const words = (row, column) => row.cells[column].textContent.split(",").map((word) => word.trim()).filter(Boolean);

  const text = document.createElement("input");
  text.type = "search";
  text.placeholder = "word";
  text.setAttribute("aria-label", "word in code, name or summary");
  place.append(text);

  const choices = Object.entries(COLUMNS).map(([name, column]) => {
    const choice = document.createElement("select");
    choice.setAttribute("aria-label", name);
    choice.append(new Option(`${name}: any`, ""));
    for (const value of new Set(rows.flatMap((row) => words(row, column)))) {
      choice.append(new Option(value === "yes" ? `${name}: yes` : value, value));
    }
    place.append(choice);
    return { column, choice };
  });

  place.addEventListener("input", () => {
    const wanted = text.value.toLowerCase();
    for (const row of rows) {
      const fits = choices.every(({ column, choice }) => !choice.value || words(row, column).includes(choice.value));
      row.hidden = !fits || !row.textContent.toLowerCase().includes(wanted);
    }
    for (const section of sections) {
      for (const part of section.parts) {
        part.hidden = section.rows.every((row) => row.hidden);
      }
    }
  });
}
