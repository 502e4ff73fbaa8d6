// What stands around a form while it is filled in: where its draft and files are kept, what is known already, where it is sent.
import type { Json } from "../../../forms/answers";
import type { Known } from "../../../forms/known";

/** A form under way, as it is kept between two openings. */
export interface Kept {
  /** The version of the form that was filled in. */
  version: string;
  answers: Json;
  /** Which page was open, from 0. */
  at: number;
}

/** A record of the register that an answer can name. */
export interface Findable {
  id: string;
  label: string;
  /** Where it is, so that two of one name are told apart. */
  under: string;
}

/** What is sent: the answers of all that was asked, and the names of the files among them, by question. */
export interface Filled {
  version: string;
  answers: Json;
  files: { name: string; question: string }[];
}

export interface FillHost {
  /** The draft, where there is one. */
  read_draft(): Promise<Kept | undefined>;
  /** Called at each answer. */
  write_draft(kept: Kept): Promise<void>;
  forget_draft(): Promise<void>;
  /** Keeps a photo, recording or file; gives the name that becomes the answer. */
  keep_file(blob: Blob): Promise<string>;
  find_file(name: string): Promise<Blob | undefined>;
  /** What the register has of a field (`person.phones`) for whom or what the form is about. */
  known(field: string): Known | undefined;
  /** Records of a kind by a few letters; with an id, that one alone. */
  find_records(kind: string, typed: string): Promise<Findable[]>;
  find_record(kind: string, id: string): Promise<Findable | undefined>;
  /** Sends; without it the form is only tried out. */
  send?(filled: Filled): Promise<void>;
}

/** A form that is tried out: everything works, nothing is kept beyond the page and nothing is sent. */
export function preview_host(): FillHost {
  const files = new Map<string, Blob>();
  return {
    read_draft: () => Promise.resolve(undefined),
    write_draft: () => Promise.resolve(),
    forget_draft: () => Promise.resolve(),
    keep_file: (blob) => {
      const name = `${files.size + 1}.${extension_of(blob)}`;
      files.set(name, blob);
      return Promise.resolve(name);
    },
    find_file: (name) => Promise.resolve(files.get(name)),
    known: () => undefined,
    find_records: () => Promise.resolve([]),
    find_record: () => Promise.resolve(undefined),
  };
}

/** `jpg` for a photo; `bin` where the browser does not say what it is. */
export function extension_of(blob: Blob): string {
  const [, subtype = ""] = (blob.type.split(";")[0] ?? "").split("/");
  return { jpeg: "jpg", "svg+xml": "svg", plain: "txt", mpeg: "mp3", quicktime: "mov" }[subtype] ?? (/^[a-z0-9]{1,8}$/.test(subtype) ? subtype : "bin");
}
