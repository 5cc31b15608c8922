import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describeUserFields } from '../../../src/auth/fields/describe-user-fields.js';
import { fetchDocument, type OpenApiDocument } from '../support/openapi-document.js';
import { StaffServer } from './staff-server.js';

let staff: StaffServer;
let document: OpenApiDocument;

beforeAll(async () => {
  staff = await StaffServer.start({});
  document = await fetchDocument(staff.server.url);
});
afterAll(() => staff.close());

const FIELDS = ['address', 'language', 'staffNumber', 'telephone', 'tenantId'];
const BASE: Record<string, string[]> = {
  RegisterDto: ['email', 'name', 'password'],
  ConfirmRegistrationDto: ['name', 'password', 'token'],
  AcceptInvitationDto: ['name', 'password', 'token'],
  UpdateProfileDto: ['name'],
  InviteDto: ['email', 'name'],
};

const fieldsOf = (name: string) => {
  const { properties = {}, required = [] } = document.components.schemas[name] ?? {};
  const own = Object.keys(properties).filter((each) => !(BASE[name] ?? []).includes(each));
  return { own: own.toSorted(), required: required.filter((each) => own.includes(each)).toSorted() };
};

it('The document of a server with fields of its own is a valid one', async () => {
  const result = await new Validator().validate(structuredClone(document) as never);
  expect(result).toMatchObject({ valid: true });
});

it('Bodies have the fields that their sender may write, needed where they must be given', () => {
  const ofUsers = FIELDS.filter((name) => name !== 'tenantId');
  expect(fieldsOf('RegisterDto')).toEqual({ own: ofUsers, required: ['staffNumber'] });
  expect(fieldsOf('ConfirmRegistrationDto')).toEqual({ own: ofUsers, required: [] });
  expect(fieldsOf('AcceptInvitationDto')).toEqual({ own: ofUsers, required: [] });
  expect(fieldsOf('InviteDto')).toEqual({ own: FIELDS, required: [] });
  expect(fieldsOf('UpdateProfileDto')).toEqual({ own: ofUsers, required: [] });
  expect(document.components.schemas['UpdateProfileDto']?.required ?? []).toEqual([]);
});

it('Administrators have routes of their own for the fields, all of which they may write', () => {
  expect(Object.keys(document.paths['/api/admin/users/{id}/fields'] ?? {})).toEqual(['get', 'patch']);
  expect(fieldsOf('UpdateUserFieldsDto')).toEqual({ own: FIELDS, required: [] });
  expect(fieldsOf('UserFieldsModel')).toEqual({ own: FIELDS, required: FIELDS });
});

it('Answers have all of them, each perhaps null, with the schema that the declaration gives', () => {
  for (const name of ['UserModel', 'ExportedProfileModel']) {
    const { properties = {}, required = [] } = document.components.schemas[name] ?? {};
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(FIELDS));
    expect(required).toEqual(expect.arrayContaining(FIELDS));
    expect(properties['staffNumber']).toMatchObject({
      type: ['string', 'null'],
      pattern: '^[A-Z][0-9]{4,8}$',
    });
    expect(properties['language']).toMatchObject({ enum: ['de', 'en', null] });
    expect(properties['tenantId']).toMatchObject({ type: ['string', 'null'], format: 'uuid' });
  }
  expect(document.components.schemas['PostalAddress']).toMatchObject({ required: ['street', 'city'] });
});

it("A document of a team's own has them once it is completed", () => {
  const builder = new DocumentBuilder().setOpenAPIVersion('3.1.0').setTitle('Shop').build();
  const own = SwaggerModule.createDocument(staff.server.app, builder);
  const tenant = 'components.schemas.UserModel.properties.tenantId';
  expect(own).not.toHaveProperty(tenant);
  describeUserFields(staff.server.app, own);
  expect(own).toHaveProperty(tenant);
});
