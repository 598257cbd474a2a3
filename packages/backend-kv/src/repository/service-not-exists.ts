import { ServiceCenterError } from '@service-center/sdcommon';

/** The error of every write to a service that is not stored. */
export function serviceNotExists(serviceId: string): ServiceCenterError {
  return new ServiceCenterError('serviceNotExists', `service ${serviceId} is not registered`);
}
