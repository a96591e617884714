using System.Runtime.InteropServices;
using LeakGallery.Hosting;

// Small services, one to a run: LeakGallery NAME, or --list for the names. It says "ready PID" when it is warm and serves until its standard
// input is closed or a SIGTERM comes. What is wrong with each of them, if anything, is written elsewhere: see bench/LeakScore/labels.json.

if (args is ["--list"])
{
    foreach (var known in Catalogue.Names)
    {
        Console.WriteLine(known);
    }

    return 0;
}

if (args is not [var name] || Catalogue.Create(name) is not { } program)
{
    Console.Error.WriteLine($"Say which service to run, one of: {string.Join(", ", Catalogue.Names)}.");
    return 2;
}

using var ending = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    ending.Cancel();
});
new Thread(() =>
{
    while (Console.In.ReadLine() is not null)
    {
    }

    ending.Cancel();
}) { IsBackground = true, Name = "standard input" }.Start();

new Chores(ending.Token).Start();
var traffic = new Traffic(program, ending.Token);
traffic.Start();
traffic.IsWarm.WaitOne();
Console.WriteLine($"ready {Environment.ProcessId}");
ending.Token.WaitHandle.WaitOne();
return 0;
