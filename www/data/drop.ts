/** Files that are dragged onto an element, with what lies in dragged folders. */
import type { SourceFile } from "./messages";

/** Files that were dropped, or nothing where they cannot be read. */
export type Dropped = Promise<SourceFile[]>;

/** `over` hears whether files hang above the element, `dropped` what was let go. */
export function acceptDrops(
  element: HTMLElement,
  over: (hanging: boolean) => void,
  dropped: (files: Dropped) => void,
): void {
  // A part of the element that is entered is told before the one that is left.
  let entered = 0;
  const enter = (change: number) => {
    entered = Math.max(0, entered + change);
    over(entered > 0);
  };
  const carriesFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files");
  element.addEventListener("dragenter", (event) => {
    if (carriesFiles(event)) enter(1);
  });
  element.addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) enter(-1);
  });
  element.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "copy";
  });
  element.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    entered = 0;
    over(false);
    // Where a part of the element has its own use for files, they are not for all of it.
    if (event.defaultPrevented) return;
    event.preventDefault();
    dropped(carried(event.dataTransfer!));
  });
}

/** Files of a file picker, with the folders that were chosen. */
export function picked(files: Iterable<File>): SourceFile[] {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, content: file }));
}

async function carried({ items, files }: DataTransfer): Promise<SourceFile[]> {
  // What is dragged can be asked for only now, before anything is waited for.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => !!entry);
  if (!entries.length) return picked(files);
  const found: SourceFile[] = [];
  for (const entry of entries) await collect(entry, "", found);
  return found;
}

async function collect(entry: FileSystemEntry, folder: string, found: SourceFile[]): Promise<void> {
  const name = folder + entry.name;
  if (entry.isFile) {
    const { file } = entry as FileSystemFileEntry;
    const content = await new Promise<File>((resolve, reject) => file.call(entry, resolve, reject));
    found.push({ name, content });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A folder's entries come in portions; an empty one is the end.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (!portion.length) return;
    for (const inside of portion) await collect(inside, `${name}/`, found);
  }
}
