import type { UserManager } from 'oidc-client-ts';
import { createContext, useContext } from 'react';
import { CallLog } from '../api/call-log';
import { type ApiClient, createApiClient } from '../api/client';
import { deleteFile } from '../api/files';
import { createUserManager } from '../auth/oidc';
import { Session } from '../auth/session';
import { type CognitoCall, createCognitoCall } from '../cognito/client';
import type { Config } from '../config/config';
import { uploadOver } from '../files/upload-one';
import { UploadQueue } from '../files/upload-queue';

/** Everything that outlives a view: made once at the start, handed down by context. */
export interface Services {
  readonly config: Config;
  readonly manager: UserManager;
  readonly session: Session;
  readonly api: ApiClient;
  readonly cognito: CognitoCall;
  readonly calls: CallLog;
  readonly uploads: UploadQueue;
}

export function createServices(config: Config): Services {
  const manager = createUserManager(config);
  const session = new Session(manager);
  const calls = new CallLog();
  const api = createApiClient({
    baseUrl: config.apiUrl,
    token: session.accessToken,
    renew: session.renew,
    onCall: calls.add,
  });
  const uploads = new UploadQueue(uploadOver(api), (key) => deleteFile(api, key));
  return { config, manager, session, api, cognito: createCognitoCall(config.cognitoEndpoint), calls, uploads };
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('Services are missing above this component');
  return services;
}
