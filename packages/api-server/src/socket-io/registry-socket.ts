import type { RegistryClientEvents, RegistryServerEvents, Tenant } from '@service-center/sdcommon';
import type { Namespace, Server, Socket } from 'socket.io';

/** Servers do not talk to each other over socket.io. */
type NoServerEvents = Readonly<Record<string, never>>;

/** What is kept with a socket. */
interface RegistrySocketData {
  /** Whose data the client sees. */
  tenant: Tenant;
}

/** The socket.io server with the events that it knows. */
export type RegistrySocketServer = Server<
  RegistryClientEvents,
  RegistryServerEvents,
  NoServerEvents,
  RegistrySocketData
>;

/** The namespace in which these events are. */
export type RegistryNamespace = Namespace<
  RegistryClientEvents,
  RegistryServerEvents,
  NoServerEvents,
  RegistrySocketData
>;

/** A client in the namespace. */
export type RegistrySocket = Socket<
  RegistryClientEvents,
  RegistryServerEvents,
  NoServerEvents,
  RegistrySocketData
>;
