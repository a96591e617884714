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

return await parsed.InvokeAsync();
