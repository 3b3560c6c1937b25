/** The routed path of the lab that tests of paths share: client, three routers, a mail host with a large certificate. */
import { buildNetwork, describeCapability, type Network } from "@mxray/lab";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";

const capability = await describeCapability();

export interface LabPath {
  readonly network: Network;
  /** The mail host, as a target. */
  readonly v4: string;
  readonly v6: string;
}

/** A suite on a path of its own, in order before each test. @param tests is called before there is a path: only tests may ask for it */
export function describeLabPath(title: string, tests: (path: () => LabPath) => void): void {
  describe.skipIf(!capability.ok)(title, () => {
    let path: LabPath | null = null;
    const built = () => {
      if (path === null) throw new Error("The path is not built yet.");
      return path;
    };
    beforeAll(async () => {
      const network = await buildNetwork({ routers: 3 });
      await network.mailHost("large-certificate");
      const { v4, v6 } = network.server.address;
      path = { network, v4, v6: `[${v6}]` };
    });
    beforeEach(() => built().network.reset());
    afterAll(() => path?.network.stop());
    tests(built);
  });
}

/** Every router drops "fragmentation needed", and a link has this MTU, bytes. */
export async function digHole(network: Network, link: number, mtu: number): Promise<void> {
  await network.setLinkMtu(link, mtu);
  for (const index of network.routers.keys()) await network.dropFragNeeded(index);
}

/** The address with which a router answers packets from the client. */
export function hopAddress(network: Network, router: number, family: 4 | 6): string {
  const address = network.router(router).addresses[0];
  return (family === 4 ? address?.v4 : address?.v6) ?? "";
}
