// New settings for lights: a field for each row of the table of settings. What is left empty stays as it is.

import { useState } from 'preact/hooks';
import { SETTINGS, type Setting, type Settings } from '../../settings/schema.ts';
import { valueOf, withSetting } from '../../settings/tree.ts';
import { ask } from '../live.ts';
import { count } from '../parts/words.ts';

/** Reads a field; undefined when it is left as it is. */
function readField(setting: Setting, text: string): unknown {
  if (text === '') return undefined;
  if (setting.kind === 'switch') return text === 'yes';
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return valueOf(setting, lines);
}

/** Reads the form. A network without a password is an open one. */
function settingsOf(form: FormData): Settings {
  const settings = SETTINGS.reduce<Settings>((changed, setting) => {
    const value = readField(setting, String(form.get(setting.key) ?? ''));
    return value === undefined ? changed : withSetting(changed, setting.key, value);
  }, {});
  return settings.wifi ? { ...settings, wifi: { password: '', ...settings.wifi } } : settings;
}

const choicesOf = ({ kind, choices }: Setting) => (kind === 'switch' ? ['yes', 'no'] : choices);

/** The field keeps what is typed; here is only what is wrong with it. */
function Field({ setting }: { setting: Setting }) {
  const [isWrong, setWrong] = useState(false);
  const { key, kind, wants, value, variable, help } = setting;
  const id = `setting-${key}`;
  const common = {
    id,
    name: key,
    'aria-describedby': `${id}-help`,
    'aria-invalid': isWrong,
    onInput({ currentTarget }: { currentTarget: { value: string } }) {
      const value = readField(setting, currentTarget.value);
      setWrong(value !== undefined && !setting.isRight(value));
    },
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
  const [problem, setProblem] = useState('');
  const fields = SETTINGS.filter(({ key }) => key !== 'name' || names.length === 1);

  async function send(form: HTMLFormElement): Promise<void> {
    try {
      await ask('configure', { lights: names, settings: settingsOf(new FormData(form)) });
      form.reset();
      setProblem('');
      onSent?.();
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form
      class="settings"
      aria-label="Settings"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      <p class="muted">
        What is left empty stays as it is. A light that cannot connect with the new settings goes back to its old ones
        within three minutes.
      </p>
      {fields.map((setting) => (
        <Field key={setting.key} setting={setting} />
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
