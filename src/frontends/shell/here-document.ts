import type { Node } from 'web-tree-sitter';

/** A text that a script holds between `<<EOF` and `EOF`. */
export interface HereDocument {
  readonly body: Node;
  /** `<<'EOF'`: nothing in it is expanded. */
  readonly quoted: boolean;
  /** `<<-EOF`: tabs in front of its lines do not count. */
  readonly indented: boolean;
}

/** The text that a command reads from: of `read VAR <<EOF`, and of `$(cat <<EOF …)`. */
export function hereDocumentOf(node: Node): HereDocument | null {
  if (node.type === 'command') return documentFor(node);
  const [only, ...others] = node.namedChildren;
  if (node.type === 'string' && only?.type === 'command_substitution' && others.length === 0)
    return hereDocumentOf(only);
  if (node.type !== 'command_substitution' || others.length > 0) return null;
  const command = only?.childForFieldName('body');
  if (command?.type !== 'command' || command.namedChildren.length !== 1) return null;
  return command.text === 'cat' ? documentFor(command) : null;
}

function documentFor(command: Node): HereDocument | null {
  const statement = command.parent;
  if (statement?.type !== 'redirected_statement') return null;
  const redirects = statement.childrenForFieldName('redirect');
  const documents = redirects.filter((redirect) => redirect.type === 'heredoc_redirect');
  const [document] = documents;
  if (document === undefined || documents.length > 1) return null;
  const body = document.namedChildren.find((child) => child.type === 'heredoc_body');
  const start = document.namedChildren.find((child) => child.type === 'heredoc_start');
  if (body === undefined || start === undefined) return null;
  return {
    body,
    quoted: /['"\\]/.test(start.text),
    indented: document.children.some((child) => child.type === '<<-'),
  };
}
