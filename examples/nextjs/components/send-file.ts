'use client';

/**
 * Uploads a file and tells how much of it is sent, in per cent.
 *
 * Resolves to the upload's id; rejects with a message for the person.
 */
export function sendFile(file: File, kind: string, onProgress: (percent: number) => void): Promise<string> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', file);
  return new Promise((resolve, reject) => {
    // `fetch` does not tell how much has been sent.
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress((100 * loaded) / total);
    request.onerror = () => reject(new Error('The connection broke. Try again.'));
    request.onload = () => {
      const { id, error } = parsed(request.responseText);
      if (id) resolve(id);
      else reject(new Error(error ?? 'The server could not take the file. Try again.'));
    };
    request.open('POST', '/api/upload');
    request.send(form);
  });
}

function parsed(text: string): { id?: string; error?: string } {
  try {
    return JSON.parse(text) as { id?: string; error?: string };
  } catch {
    return {};
  }
}
