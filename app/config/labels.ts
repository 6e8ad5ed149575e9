/**
 * Label of a pod of Redis by which Services find the primary and the replicas: `primary` or `replica`. The agent alone sets it,
 * at run time; no manifest carries it.
 */
export const roleLabel = 'moorline.dev/role';
