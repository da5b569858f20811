import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Spinner from '@cloudscape-design/components/spinner';

/** A whole page that only waits. */
export function CenteredWait({ text }: { readonly text: string }) {
  return (
    <main className="centered" aria-busy="true">
      <Spinner size="large" />
      <h1 className="centered-title">
        <Box color="text-body-secondary">{text}</Box>
      </h1>
    </main>
  );
}

/** A whole page that could not start. */
export function CenteredProblem(props: {
  readonly title: string;
  readonly text: string;
  readonly onRetry: () => void;
}) {
  return (
    <main className="centered">
      <h1 className="centered-title">Cognate Files</h1>
      <Alert type="error" header={props.title} action={<Button onClick={props.onRetry}>Try again</Button>}>
        {props.text}
      </Alert>
    </main>
  );
}
