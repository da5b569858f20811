import qrcode from 'qrcode-generator';

const QUIET_ZONE = 4;

/** A QR code as one SVG path; no canvas, no `data:` image. Always dark on white: cameras need that. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const code = qrcode(0, 'M');
  code.addData(text, 'Byte');
  code.make();
  const size = code.getModuleCount() + 2 * QUIET_ZONE;
  return (
    <svg className="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={darkModules(code)} fill="#000" />
    </svg>
  );
}

function darkModules(code: ReturnType<typeof qrcode>): string {
  const count = code.getModuleCount();
  let path = '';
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return path;
}
