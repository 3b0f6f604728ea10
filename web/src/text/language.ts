// The language of the page: the browser's, or the one that was chosen here last.
import { languages, texts, type Language, type Texts } from './texts';

const key = 'catdog.language';

function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be switched off
  }
}

function isLanguage(value: string): value is Language {
  return value in languages;
}

class CurrentLanguage extends EventTarget {
  private language: Language;
  private readonly formats = new Map<string, Intl.NumberFormat>();

  constructor() {
    super();
    const wanted = [stored() ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
    this.language = wanted.find(isLanguage) ?? 'en';
  }

  get code(): Language {
    return this.language;
  }

  get texts(): Texts {
    return texts[this.language];
  }

  choose(language: string): void {
    if (!isLanguage(language)) return;
    this.language = language;
    try {
      localStorage.setItem(key, language);
    } catch {
      // It is only not remembered.
    }
    this.dispatchEvent(new Event('change'));
  }

  number(value: number, digits = 0): string {
    return this.format('decimal', digits).format(value);
  }

  percent(share: number, digits: number): string {
    return this.format('percent', digits).format(share);
  }

  // Made once each: that takes longer than using it.
  private format(style: 'decimal' | 'percent', digits: number): Intl.NumberFormat {
    const key = `${this.language} ${style} ${digits}`;
    let format = this.formats.get(key);
    if (!format) {
      format = new Intl.NumberFormat(this.language, { style, minimumFractionDigits: digits, maximumFractionDigits: digits });
      this.formats.set(key, format);
    }
    return format;
  }

  date(date: Date): string {
    return date.toLocaleDateString(this.language, { dateStyle: 'medium', timeZone: 'UTC' });
  }

  duration(seconds: number): string {
    const total = Math.max(1, Math.round(seconds));
    const two = (value: number) => String(value).padStart(2, '0');
    if (total < 60) return this.texts.seconds(String(total));
    if (total < 3600) return this.texts.minutes(String(Math.floor(total / 60)), two(total % 60));
    return this.texts.hours(this.number(Math.floor(total / 3600)), two(Math.floor(total / 60) % 60));
  }
}

export const language = new CurrentLanguage();
