import { Collection, type CollectionConfig } from "./collection.ts";

export interface ChaincodeDefinition {
  readonly name: string;
  readonly collections: readonly CollectionConfig[];
}

/** The chaincodes of the channel and their collections. */
export class ChaincodeDefinitions {
  readonly #collections: ReadonlyMap<string, ReadonlyMap<string, Collection>>;

  constructor(definitions: readonly ChaincodeDefinition[]) {
    this.#collections = new Map(
      definitions.map(({ name, collections }) => [
        name,
        new Map(collections.map((config) => [config.name, new Collection(config)])),
      ]),
    );
  }

  has(name: string): boolean {
    return this.#collections.has(name);
  }

  collection(chaincodeName: string, name: string): Collection | undefined {
    return this.#collections.get(chaincodeName)?.get(name);
  }
}
