/**
 * One expression in two forms, of which the compiler of the engine takes its own. A statement is thus written once, and two stores
 * of different engines can be open in one process.
 */
import { type DataTypeNode, type OperationNode, PostgresQueryCompiler, type RawBuilder, type RawNode, sql } from "kysely";

interface EngineNode extends RawNode {
  readonly postgres: OperationNode;
}

/** @param sqlite what every compiler takes that knows nothing of forms */
export function byEngine<T>(sqlite: RawBuilder<T>, postgres: RawBuilder<unknown>): RawBuilder<T> {
  const both = {
    expressionType: undefined,
    toOperationNode: (): EngineNode => ({ ...(sqlite.toOperationNode() as RawNode), postgres: postgres.toOperationNode() }),
  };
  return sql<T>`${both}`;
}

export class PostgresFormCompiler extends PostgresQueryCompiler {
  protected override visitRaw(node: RawNode): void {
    if ("postgres" in node) this.visitNode((node as EngineNode).postgres);
    else super.visitRaw(node);
  }

  /** Types of columns: numbers have eight bytes, and text is compared by its bytes, as in SQLite. */
  protected override visitDataType(node: DataTypeNode): void {
    if (node.dataType === "integer") this.append("bigint");
    else if (node.dataType === "text") this.append('text collate "C"');
    else super.visitDataType(node);
  }
}
