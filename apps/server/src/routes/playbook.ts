/** The playbook: every remedy, to be read without any finding. */
import { Playbook } from "@mxray/contracts/schemas";
import { examplePlaybook } from "@mxray/diagnosis";
import Type from "typebox";
import type { App } from "../http/app-type.ts";

export async function playbookRoutes(app: App): Promise<void> {
  app.get(
    "/api/v1/playbook",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["playbook"],
        summary: "Every remedy, with example numbers",
        querystring: Type.Object({ family: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(6)], { default: 4 })) }),
        response: { 200: Playbook },
      },
    },
    async ({ query: { family = 4 } }) => ({ family, remedies: examplePlaybook(family) }),
  );
}
