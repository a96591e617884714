using System.CommandLine;
using HeapDrift.LeakScore;

string[] names = [.. Labels.Read().Select(label => label.Name)];
var only = new Option<string[]>("--only")
{
    Description = "Try this program alone; may be given several times.",
    HelpName = "PROGRAM",
    DefaultValueFactory = _ => [],
};
only.AcceptOnlyFromAmong(names);
var window = new Option<string>("--window") { Description = "The window of each capture.", DefaultValueFactory = _ => "6s" };
var engine = new Option<string>("--engine") { Description = "The engine of each capture.", DefaultValueFactory = _ => "auto" };
engine.AcceptOnlyFromAmong("auto", "copy-on-write", "eventpipe");
var parallel = new Option<int>("--parallel") { Description = "Programs at the same time; they disturb each other.", HelpName = "N", DefaultValueFactory = _ => 1 };
parallel.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1)
    {
        result.AddError("--parallel takes a whole number from 1 on.");
    }
});
var output = new Option<string?>("--output") { Description = "Keep the reports in this folder, one folder to a program.", HelpName = "DIR" };

var root = new RootCommand(
    """
    Runs programs that leak and programs that only look so (tests/Targets/LeakGallery), captures each with the built heapdrift and compares
    the top finding with what is known of it (labels.json): verdict, type, holder, allocation site.

    The table goes to standard output, progress to standard error. The exit status is 1 where one of the scores is below 95 % or a healthy
    program is accused. Ctrl-C ends the programs it started.
    """)
{
    only, window, engine, parallel, output,
};
root.SetAction((parsed, _) => Interruption.RunAsync(stopping => ScoreRun.RunAsync(
    new(parsed.GetRequiredValue(only), parsed.GetRequiredValue(window), parsed.GetRequiredValue(engine), parsed.GetValue(parallel), parsed.GetValue(output)),
    stopping)));

// Signals are handled above, where the programs are ended.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
