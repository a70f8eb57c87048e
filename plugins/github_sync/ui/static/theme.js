// Light or dark as Airflow around us is, or else as Airflow was last told, or as the system is.
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
    const told = localStorage.getItem("theme");
    if (told === "dark" || told === "light") return told === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const follow = () => root.classList.toggle("dark", isDark());
  follow();
  const airflow = outer();
  if (airflow) new MutationObserver(follow).observe(airflow, { attributeFilter: ["class"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow);
})();
