// google-protobuf ships no types, and without them every field of these kinds in fabric-protos is an unchecked any.
declare module "google-protobuf" {
  export class Message {
    serializeBinary(): Uint8Array;
  }
  export class Map<K, V> {
    getLength(): number;
    get(key: K): V | undefined;
    set(key: K, value: V): this;
  }
  export type BinaryWriter = unknown;
  export type BinaryReader = unknown;
  export type ExtensionFieldInfo<T> = T;
  export type ExtensionFieldBinaryInfo<T> = T;
}

declare module "google-protobuf/google/protobuf/timestamp_pb" {
  export class Timestamp {
    getSeconds(): number;
    getNanos(): number;
  }
  export namespace Timestamp {
    type AsObject = { seconds: number; nanos: number };
  }
}

declare module "google-protobuf/google/protobuf/any_pb" {
  export class Any {
    setTypeUrl(url: string): void;
    setValue(value: Uint8Array): void;
  }
  export namespace Any {
    type AsObject = { typeUrl: string; value: Uint8Array | string };
  }
}
