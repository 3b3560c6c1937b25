/** On paper, below each page: where it comes from and when, and which page of how many it is. */
export function PrintFooter({ text }: { text: string }) {
  // A string of CSS: what would end it is escaped (CSS Syntax, 4.3.5).
  const quoted = text.replace(/["\\\p{Cc}<]/gu, (character) => `\\${character.codePointAt(0)?.toString(16)} `);
  const look = "font: 8pt system-ui, sans-serif; color: #4b5967;";
  return (
    <style>{`@page {
      @bottom-left { content: "${quoted}"; ${look} }
      @bottom-right { content: counter(page) " / " counter(pages); ${look} }
    }`}</style>
  );
}
