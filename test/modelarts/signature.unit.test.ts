import { createHash } from 'node:crypto';
import { canonicalRequest, type SignableRequest, sdkDate, sign } from '../../src/modelarts/auth/signature.js';

const project = '0123456789abcdef0123456789abcdef';
const fake = { accessKey: 'TESTACCESSKEY0000001', secretKey: 'TestSecretKey000000000000000000000000001x' };
const north = 'https://modelarts.cn-north-4.myhuaweicloud.com';
const json = { 'content-type': 'application/json' };
const instances = `/v1/${project}/demanager/instances`;
const instance = `${instances}/DE-7d558ef8-c73d-11ea-964c-0255ac100033`;
const hardQuery = [
  ['de_type', 'Notebook'],
  ['status', 'RUNNING'],
  ['sortby', 'creation_timestamp'],
  ['order', 'desc'],
  ['offset', '0'],
  ['limit', '10'],
  ['workspace_id', ''],
  ['ai_project', "测试 a/b~c*(1)'!&=+"],
]
  .map(([key, value]) => `${key}=${encodeURIComponent(value ?? '')}`)
  .join('&');

interface Vector {
  readonly name: string;
  readonly request: SignableRequest;
  readonly key: { accessKey: string; secretKey: string };
  readonly date: string;
  readonly canonicalHash?: string;
  readonly signature: string;
  readonly signedHeaders: string;
}

/** docs/api/notebooks-and-auth.md "4.3 Test vectors". */
const vectors: readonly Vector[] = [
  {
    name: 'V2, a query and no further headers',
    request: {
      method: 'GET',
      url: new URL('https://service.endpoint.myhuaweicloud.com/resources?size=1'),
      headers: {},
      body: null,
    },
    key: { accessKey: 'AccessKey', secretKey: 'SecretKey' },
    date: '2020-06-08T02:39:00Z',
    canonicalHash: 'de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f',
    signature: 'cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842',
    signedHeaders: 'host;x-sdk-date',
  },
  {
    name: 'V3, a body',
    request: {
      method: 'POST',
      url: new URL('https://service.endpoint.myhuaweicloud.com/resources?size=1'),
      headers: {},
      body: '{"name":"test","id":1}',
    },
    key: { accessKey: 'AccessKey', secretKey: 'SecretKey' },
    date: '2020-06-08T02:39:00Z',
    canonicalHash: '2b1b2515e48cb55e043ff2ec5b93d3f13ec287e1da1d7a2e4e14b0611a341969',
    signature: '436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f',
    signedHeaders: 'host;x-sdk-date',
  },
  {
    name: 'V4, a notebook create',
    request: {
      method: 'POST',
      url: new URL(north + instances),
      headers: { ...json, 'X-Project-Id': project },
      body: '{"name":"notebook-instance","description":"","profile_id":"Multi-Engine 1.0 (python3)-gpu","flavor":"modelarts.bm.gpu.v100NV32","spec":{"storage":{"location":{"volume_size":5},"type":"evs"},"auto_stop":{"enable":true,"duration":3600}},"workspace":{"id":"0"}}',
    },
    key: fake,
    date: '2020-07-16T08:22:29Z',
    canonicalHash: 'e25c5047213284f2289cbbf9ab616bdd30518b41456224d745645ef389e8f32c',
    signature: 'aa3b9c0d12ee0e64a5e89c72075ffc66960b4bff19b0dd047c1dad13f7b48307',
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
  },
  {
    name: 'V5, temporary keys and a hard query',
    request: {
      method: 'GET',
      url: new URL(`https://modelarts.eu-de.otc.t-systems.com${instances}?${hardQuery}`),
      headers: { ...json, 'X-Project-Id': project, 'X-Security-Token': 'ggphb2V1dGVzdHRva2Vu' },
      body: null,
    },
    key: fake,
    date: '2024-02-29T23:59:59Z',
    canonicalHash: '7881a04c0bd5798a31149eac94c2f1ab6dce923b917c097d34654f1eaf07e025',
    signature: 'e2c4b7ca19ca8292232abb5cc437884e11fe8244e00e7486536be9bdf4030cd0',
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date;x-security-token',
  },
  {
    name: 'V6, a delete',
    request: {
      method: 'DELETE',
      url: new URL(north + instance),
      headers: { ...json, 'X-Project-Id': project },
      body: null,
    },
    key: fake,
    date: '2020-07-16T09:00:00Z',
    canonicalHash: '57e92e5de2f83669c3d7ec7eb42f77aeb19fe26c5cbc522f9054b77ca5b239a8',
    signature: 'b62ed9793d4df186fc1153ea89dd4007638312c314cca946e498b0a2472a9d8d',
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
  },
  {
    name: 'V7, a UTF-8 body and a port',
    request: {
      method: 'PUT',
      url: new URL(`${north}:8443${instance}`),
      headers: json,
      body: '{"description":"描述 é 😀"}',
    },
    key: fake,
    date: '2020-07-16T09:00:01Z',
    canonicalHash: '903949d170e3bda3286e873dd9e64497caf1e31061b33ee58d2c4dbd4214a5ee',
    signature: 'd92cc41783cd4f35bb57b5fa2c14efc5b6c87a16e85da630221aa72491605214',
    signedHeaders: 'content-type;host;x-sdk-date',
  },
  {
    name: 'V9, an unsigned payload',
    request: {
      method: 'POST',
      url: new URL(north + instances),
      headers: { 'content-type': 'application/octet-stream', 'X-Sdk-Content-Sha256': 'UNSIGNED-PAYLOAD' },
      body: 'hello',
    },
    key: fake,
    date: '2020-07-16T09:00:02Z',
    canonicalHash: 'aaab8e6bec51e60459ef99c9685e1babd8adbcbd6a24886c1e130b704fbeac43',
    signature: '118724b285f81b6cc86c932290cceb48a967bb993cd2685fe829a04a6fe62d84',
    signedHeaders: 'content-type;host;x-sdk-content-sha256;x-sdk-date',
  },
  {
    name: 'V10, a path with a space, encoded once',
    request: { method: 'GET', url: new URL(`${north}/v1/p/a%20b`), headers: json, body: null },
    key: fake,
    date: '2020-07-16T09:00:02Z',
    signature: '6a32f2824d0b927996605195468d282094964edb67027e4ff62670bfc95cfa10',
    signedHeaders: 'content-type;host;x-sdk-date',
  },
];

describe('the request signature', () => {
  test.each(vectors)(
    'equals the published vector $name',
    ({ request, key, date, canonicalHash, signature, signedHeaders }) => {
      const now = Date.parse(date);
      const { text } = canonicalRequest(request, sdkDate(now));
      if (canonicalHash !== undefined) expect(createHash('sha256').update(text).digest('hex')).toBe(canonicalHash);
      expect(sign(request, key, now)).toEqual({
        'X-Sdk-Date': sdkDate(now),
        Authorization: `SDK-HMAC-SHA256 Access=${key.accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
      });
    },
  );

  test('orders the values of one key', () => {
    const url = new URL('https://a.example/p?b=2&a=z&a=%21&a');
    const { text } = canonicalRequest({ method: 'GET', url, headers: {}, body: null }, '20200716T090002Z');
    expect(text.split('\n')[2]).toBe('a=&a=%21&a=z&b=2');
  });
});
