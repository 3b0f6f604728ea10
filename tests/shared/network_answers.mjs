// Asks the WebAssembly core for what network_answers.cpp printed, in Node or in a page.

const bits = (floats) => [...new Uint32Array(floats.buffer, floats.byteOffset, floats.length)].map((word) => word.toString(16).padStart(8, '0'));

async function digest({ buffer, byteOffset, byteLength }) {
  const hash = await crypto.subtle.digest('SHA-256', buffer.slice(byteOffset, byteOffset + byteLength));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function cardOf(core, json, name, size, labels) {
  if (name === 'bundle.onnx') return core.readCard(json);
  return {
    labels: Array.from({ length: labels }, (_, i) => String(i)), size, input: 'photo', probabilities: 'probabilities',
    presence: null, classActivation: null, onnx: { name },
  };
}

/** The lines for which this core says something else, with what it says. `read(name)`: a file's bytes. */
export async function differences(core, lines, read) {
  const json = await read('bundle.json');
  const found = [];
  let loaded = '';
  let card;
  for (const line of lines) {
    const [name, size, labels, precision, picture] = line.split(' ');
    const say = (words) => found.push(`${line}\n  WebAssembly ${words}`);
    if (loaded !== name + precision) {
      card = cardOf(core, json, name, Number(size), Number(labels));
      const network = core.loadNetwork(card, await read(name), precision);
      loaded = name + precision;
      if (network.precision !== precision) say(JSON.stringify(network));
    }
    const photo = core.classify(await read(picture));
    if ('error' in photo) {
      say(photo.error);
      continue;
    }
    const activation = card.classActivation === null ? '-' : await digest(core.explain(photo.pixels, 0).values);
    const answer = [...bits(photo.probabilities), ...bits(Float32Array.of(photo.presence)), activation].join(' ');
    const expected = line.split(' ').slice(5).join(' ');
    if (answer !== expected) say(answer);
  }
  return found;
}
