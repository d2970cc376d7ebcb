import { crc32, deflateRawSync } from "node:zlib";

/** Files by path as a zip archive (PKWARE APPNOTE 6.3.10: local headers, central directory, end record), deflated. */
export function writeZip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const entry = writeEntry(path, Buffer.from(text), offset);
    parts.push(entry.local);
    directory.push(entry.central);
    offset += entry.local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

function writeEntry(path: string, content: Buffer, offset: number): { local: Buffer; central: Buffer } {
  const name = Buffer.from(path);
  const packed = deflateRawSync(content);
  // What the local header and the directory say alike: version 2.0, names in UTF-8, deflate, 1980-01-01, sizes.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x0800, 2);
  common.writeUInt16LE(8, 4);
  common.writeUInt16LE(0x0021, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const signature = (mark: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(mark);
    return bytes;
  };
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  const made = Buffer.from([20, 0]);
  return {
    local: Buffer.concat([signature(0x04034b50), common, name, packed]),
    central: Buffer.concat([signature(0x02014b50), made, common, tail, name]),
  };
}
