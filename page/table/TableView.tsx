// The table with the virtual boards.
/** The view. */
export function TableView() {
  return <p>table</p>;
}
