/** Requests are checked against the contracts' TypeBox schemas; answers are typed by them, and documented at /api/docs. */
import type { FastifyInstance, FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";

const checkRequest: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (given: unknown) => {
    // Only text arrives in an address; in a body, a number is a number.
    const value = Value.Default(schema, httpPart === "body" ? given : Value.Convert(schema, given));
    return check.Check(value) ? { value } : { error: check.Errors(value) as never };
  };
};

export function registerSchemas(app: FastifyInstance): void {
  app.setValidatorCompiler(checkRequest as FastifySchemaCompiler<unknown>);
  app.removeContentTypeParser("text/plain");
  // What the code says is what is sent: no second writer that knows only half of the unions.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}
