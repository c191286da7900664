// New settings for lights: a field for each row of the table of settings. What is left empty stays as it is.

import { useState } from 'preact/hooks';
import { SETTINGS, type Setting, type Settings } from '../../settings/schema.ts';
import { withSetting } from '../../settings/tree.ts';
import { ask } from '../live.ts';
import { count } from '../parts/words.ts';

/** What one types for no button. */
const NONE_WORD = 'none';

/** Reads a field; undefined when it is left as it is. */
function valueOf({ kind, key }: Setting, text: string): unknown {
  if (text === '') return undefined;
  if (kind === 'switch') return text === 'yes';
  if (kind === 'number') return Number(text);
  if (key === 'button' && text === NONE_WORD) return null;
  if (kind !== 'texts') return text;
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.length === 1 ? lines[0] : lines;
}

/** A network without a password is an open one. */
function settingsOf(texts: Record<string, string>): Settings {
  const settings = SETTINGS.reduce<Settings>((changed, setting) => {
    const value = valueOf(setting, texts[setting.key] ?? '');
    return value === undefined ? changed : withSetting(changed, setting.key, value);
  }, {});
  return settings.wifi ? { ...settings, wifi: { password: '', ...settings.wifi } } : settings;
}

const choicesOf = ({ kind, choices }: Setting) => (kind === 'switch' ? ['yes', 'no'] : choices);

interface FieldProps {
  setting: Setting;
  text: string;
  onText(text: string): void;
}

function Field({ setting, text, onText }: FieldProps) {
  const { key, kind, wants, value, variable, help } = setting;
  const id = `setting-${key}`;
  const changed = valueOf(setting, text);
  const isWrong = changed !== undefined && !setting.isRight(changed);
  const common = {
    id,
    value: text,
    'aria-describedby': `${id}-help`,
    'aria-invalid': isWrong,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => onText(currentTarget.value),
  };
  const choices = choicesOf(setting);
  return (
    <div class="field">
      <label for={id}>{key}</label>
      {choices ? (
        <select {...common}>
          <option value="">as it is</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : kind === 'texts' ? (
        <textarea {...common} rows={2} placeholder={`${value}, one a line`} />
      ) : (
        <input
          {...common}
          {...(variable ? { type: 'password' as const } : { type: 'text' as const })}
          autocomplete="off"
          placeholder={value}
        />
      )}
      <p id={`${id}-help`} class={isWrong ? 'warn' : 'muted'}>
        {isWrong ? `wants ${wants}` : help}
      </p>
    </div>
  );
}

interface SettingsFormProps {
  names: string[];
  /** Whether they can be sent now. */
  isReady: boolean;
  /** Called when they are on their way. */
  onSent?(): void;
}

/** The form. */
export function SettingsForm({ names, isReady, onSent }: SettingsFormProps) {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState('');
  const fields = SETTINGS.filter(({ key }) => key !== 'name' || names.length === 1);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    try {
      await ask('configure', { lights: names, settings: settingsOf(texts) });
      setTexts({});
      setProblem('');
      onSent?.();
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form class="settings" aria-label="Settings" onSubmit={(event) => void send(event)}>
      <p class="muted">
        What is left empty stays as it is. A light that cannot connect with the new settings goes back to its old ones
        within three minutes.
      </p>
      {fields.map((setting) => (
        <Field
          key={setting.key}
          setting={setting}
          text={texts[setting.key] ?? ''}
          onText={(text) => setTexts((before) => ({ ...before, [setting.key]: text }))}
        />
      ))}
      <p role="alert" class="warn problem">
        {problem}
      </p>
      <button type="submit" class="main" disabled={!isReady}>
        Send to {count(names.length, 'light')}
      </button>
    </form>
  );
}
