import type { V1ObjectMeta, V1Secret } from '@kubernetes/client-node';
import { and, eq, includeWhen, Manifest, type TemplateChart } from '../template/index.js';
import { hasGeneratedCertificates, isRedisTls, v } from './inputs.js';
import { certificateNames, metadataOf, tlsSecrets } from './names.js';

/** What cert-manager takes; its types are in no package of ours. */
interface Certificate {
  readonly apiVersion: 'cert-manager.io/v1';
  readonly kind: 'Certificate';
  readonly metadata: V1ObjectMeta;
  readonly spec: {
    readonly secretName: string;
    readonly dnsNames: string[];
    readonly usages: string[];
    readonly privateKey: { readonly algorithm: string; readonly size: number; readonly rotationPolicy: string };
    readonly issuerRef: { readonly group: string; readonly kind: string; readonly name: string };
  };
}

/** Certificates that cert-manager makes, or Secrets for those that are generated: empty, and filled as the passwords are. */
export function addCertificates(chart: TemplateChart): void {
  const isCertManager = and(v.tls.enabled, eq(v.tls.source, 'certManager'));
  includeWhen(certificate(chart, 'redis'), and(isRedisTls, isCertManager));
  includeWhen(certificate(chart, 'gateway'), isCertManager);
  includeWhen(emptySecret(chart, 'authority'), hasGeneratedCertificates);
  includeWhen(emptySecret(chart, 'redis'), and(isRedisTls, hasGeneratedCertificates));
  includeWhen(emptySecret(chart, 'gateway'), hasGeneratedCertificates);
}

const certificate = (chart: TemplateChart, of: 'redis' | 'gateway') =>
  new Manifest<Certificate>(chart, `${of}-certificate`, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: metadataOf(tlsSecrets[of], of),
    spec: {
      secretName: tlsSecrets[of],
      dnsNames: certificateNames[of],
      usages: ['digital signature', 'server auth'],
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      issuerRef: { group: 'cert-manager.io', kind: v.tls.certManager.issuerKind, name: v.tls.certManager.issuer },
    },
  });

const emptySecret = (chart: TemplateChart, of: 'authority' | 'redis' | 'gateway') =>
  new Manifest<V1Secret>(chart, `${of}-tls-secret`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadataOf(tlsSecrets[of], of === 'authority' ? undefined : of),
    type: 'Opaque',
  });
