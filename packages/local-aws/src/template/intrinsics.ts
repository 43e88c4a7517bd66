import { LocalAwsError } from '../local-aws-error.ts';
import { isRecord, type JsonRecord, recordAt } from './json.ts';

/** What references of a template lead to. */
export interface References {
  /** The value of `Ref`: a parameter, a pseudo parameter or a resource. */
  readonly ref: (name: string) => unknown;
  /** The value of `Fn::GetAtt`. */
  readonly attribute: (logicalId: string, name: string) => unknown;
}

/** Resolves intrinsic functions in a part of a template. */
export interface Resolver {
  /**
   * @param where what the value is, such as `Resources.Queue.Properties`, for errors
   * @returns the value without intrinsic functions; members that are `AWS::NoValue` are left out
   * @throws {@link LocalAwsError} `invalid_template` for what cannot be resolved
   */
  readonly resolve: (value: unknown, where: string) => unknown;
  /** Whether a condition of the template holds. */
  readonly condition: (name: string, where: string) => boolean;
}

/** What `AWS::NoValue` resolves to: the member that has it is left out. */
export const noValue = Symbol('AWS::NoValue');

/**
 * The intrinsic functions of CloudFormation.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function createResolver(template: JsonRecord, references: References): Resolver {
  const conditions = recordAt(template, 'Conditions');
  const mappings = recordAt(template, 'Mappings');
  const evaluating = new Set<string>();

  function resolve(value: unknown, where: string): unknown {
    if (Array.isArray(value))
      return value.map((one, i) => resolve(one, `${where}[${i}]`)).filter((one) => one !== noValue);
    if (!isRecord(value)) return value;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::')))
      return call(name, argument, `${where}.${name}`);
    const entries = Object.entries(value).map(
      ([key, member]) => [key, resolve(member, `${where}.${key}`)] as const,
    );
    return Object.fromEntries(entries.filter(([, member]) => member !== noValue));
  }

  function call(intrinsic: string, argument: unknown, where: string): unknown {
    switch (intrinsic) {
      case 'Ref':
        return references.ref(text(argument, where));
      case 'Fn::GetAtt':
        return getAtt(argument, where);
      case 'Fn::Join': {
        const [separator, parts] = list(argument, where);
        return texts(parts, where).join(text(separator, where));
      }
      case 'Fn::Sub':
        return substitute(argument, where);
      case 'Fn::Select': {
        const [index, values] = list(argument, where);
        const chosen = list(resolve(values, where), where)[Number(resolve(index, where))];
        return chosen ?? fail(where, `there is no element ${String(index)}`);
      }
      case 'Fn::Split': {
        const [separator, whole] = list(argument, where);
        return text(resolve(whole, where), where).split(text(separator, where));
      }
      case 'Fn::If': {
        const [name, yes, no] = list(argument, where);
        return resolve(condition(text(name, where), where) ? yes : no, where);
      }
      case 'Fn::FindInMap': {
        const [map = '', top = '', second = ''] = texts(argument, where);
        const found = recordAt(recordAt(mappings, map), top)[second];
        return found ?? fail(where, `Mappings has no ${map}.${top}.${second}`);
      }
      case 'Fn::Base64':
        return Buffer.from(text(resolve(argument, where), where)).toString('base64');
      default:
        return fail(where, `${intrinsic} is not supported locally; write the value another way`);
    }
  }

  function getAtt(argument: unknown, where: string): unknown {
    const path = typeof argument === 'string' ? argument.split('.') : texts(argument, where);
    const [logicalId = '', ...names] = path;
    return references.attribute(logicalId, names.join('.'));
  }

  function substitute(argument: unknown, where: string): string {
    const [pattern, own = {}] = Array.isArray(argument) ? list(argument, where) : [argument];
    const values = resolve(own, where);
    return text(pattern, where).replaceAll(
      /\$\{(!?)([^}]+)\}/g,
      (_, escaped: string, name: string) => {
        if (escaped) return `\${${name}}`;
        if (isRecord(values) && name in values) return text(values[name], where);
        const value = name.includes('.') ? getAtt(name, where) : references.ref(name);
        return text(value, where);
      },
    );
  }

  function condition(name: string, where: string): boolean {
    if (!(name in conditions)) fail(where, `Conditions has no ${name}`);
    if (evaluating.has(name)) fail(where, `condition ${name} depends on itself`);
    evaluating.add(name);
    try {
      return test(conditions[name], `Conditions.${name}`);
    } finally {
      evaluating.delete(name);
    }
  }

  function test(value: unknown, where: string): boolean {
    const [name = '', argument] = Object.entries(isRecord(value) ? value : {})[0] ?? [];
    switch (name) {
      case 'Condition':
        return condition(text(argument, where), where);
      case 'Fn::Equals': {
        const [left, right] = list(argument, where).map((one) => resolve(one, where));
        return String(left) === String(right);
      }
      case 'Fn::And':
        return list(argument, where).every((one) => test(one, where));
      case 'Fn::Or':
        return list(argument, where).some((one) => test(one, where));
      case 'Fn::Not':
        return !test(list(argument, where)[0], where);
      default:
        return fail(where, 'a condition is one of Fn::Equals, Fn::And, Fn::Or, Fn::Not, Condition');
    }
  }

  function texts(value: unknown, where: string): string[] {
    return list(resolve(value, where), where).map((one) => text(one, where));
  }

  return { resolve, condition };
}

function fail(where: string, reason: string): never {
  throw new LocalAwsError('invalid_template', `${where}: ${reason}.`);
}

function list(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(where, 'a list was expected');
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return fail(where, 'a string was expected');
}
