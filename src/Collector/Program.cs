using System.CommandLine;
using HeapDrift.Collector.Commands;

var terminal = new Terminal();
var root = new RootCommand("HeapDrift names the leak of a .NET service on Linux: what grew, who holds it.")
{
    PsCommand.Create(terminal),
    CaptureCommand.Create(terminal),
    SnapshotCommand.Create(terminal),
    DiffCommand.Create(terminal),
    SignalCommand.Create(terminal),
    AgentCommand.Create(terminal),
    DemoCommand.Create(terminal),
    AnalyseCopyCommand.Create(terminal),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count != 0)
{
    foreach (var error in parsed.Errors)
    {
        terminal.Complain(error.Message);
    }

    string command = parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ";
    terminal.Complain($"`heapdrift {command}--help` shows what there is");
    return ExitStatus.WrongUsage;
}

using var interruption = new Interruption();
try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
        interruption.Token);
}
catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
{
    terminal.Complain("cancelled");
    return ExitStatus.Failed;
}
catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
{
    terminal.Complain(failed.Message);
    return ExitStatus.Failed;
}
#pragma warning disable CA1031 // A defect; scripts still get one of the statuses of the contract, and people what to report.
catch (Exception defect)
#pragma warning restore CA1031
{
    terminal.Complain($"failed unexpectedly: {defect}");
    return ExitStatus.Failed;
}
