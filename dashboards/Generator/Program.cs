// Writes the Grafana dashboards and the telemetry reference from the names that the code sends: dotnet run --project dashboards/Generator
// With --check nothing is written; the exit status is 1 where a file is not what would be written.
#pragma warning disable RS0030 // It talks to the terminal; here alone.
using HeapDrift.Dashboards;

string root = Repository.Find(Directory.GetCurrentDirectory())
    ?? throw new InvalidOperationException("Run it inside a clone of HeapDrift: there is no HeapDrift.slnx in this folder or above it.");
bool check = args is ["--check"];
if (args.Length > 0 && !check)
{
    await Console.Error.WriteLineAsync($"Unknown argument {args[0]}: there is only --check, which writes nothing and fails where a file is stale.");
    return 2;
}

int stale = 0;
foreach (GeneratedFile file in GeneratedFile.All())
{
    string path = Path.Join(root, file.Path);
    if (File.Exists(path) && await File.ReadAllTextAsync(path) == file.Text)
    {
        continue;
    }

    stale++;
    await Console.Out.WriteLineAsync($"{file.Path} {(check ? "is stale" : "written")}");
    if (!check)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, file.Text);
    }
}

return check && stale > 0 ? 1 : 0;
