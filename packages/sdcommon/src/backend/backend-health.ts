/** Whether a backend's store can be reached. */
export type BackendHealth =
  | { readonly status: 'up' }
  /** `detail` says what fails, for the health answer and the alarm. */
  | { readonly status: 'down'; readonly detail: string };
