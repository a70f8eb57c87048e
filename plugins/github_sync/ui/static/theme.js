// Light or dark like the surrounding Airflow, else as last set in Airflow, else like the system.
(() => {
  const root = document.documentElement;
  const outer = () => {
    try {
      return window.parent === window ? null : window.parent.document.documentElement;
    } catch {
      return null;
    }
  };
  const isDark = () => {
    const airflow = outer();
    if (airflow) return airflow.classList.contains("dark");
    const chosen = localStorage.getItem("theme");
    if (chosen === "dark" || chosen === "light") return chosen === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const follow = () => root.classList.toggle("dark", isDark());
  follow();
  const airflow = outer();
  if (airflow) new MutationObserver(follow).observe(airflow, { attributeFilter: ["class"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow);
})();
