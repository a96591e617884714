using HeapDrift.Collector.Engines.EventPipe;

namespace HeapDrift.Collector.Tests.Engines;

public sealed class StaticFieldNamesTests
{
    private static readonly string[] Types = ["System.String", "Shop.Cache", "Shop.Session[]"];

    [Fact]
    public void AFieldGetsTheClassThatDeclaresIt() =>
        Assert.Equal(["static Shop.Orders.Open"], Resolve([("Open", 0)], ("Shop.Other", "Closed", 0), ("Shop.Orders", "Open", 0)));

    [Fact]
    public void EqualNamesAreToldApartByTheirOrder() => Assert.Equal(
        ["static Shop.A.Instance", "static Shop.B.Instance", "static Shop.C.Instance"],
        Resolve([("Instance", 1), ("Instance", 1), ("Instance", 1)], ("Shop.A", "Instance", 1), ("Shop.B", "Instance", 1), ("Shop.C", "Instance", 1)));

    [Fact]
    public void AmongEqualNamesTheOneOfTheObjectsTypeWins() => Assert.Equal(
        ["static Shop.B.Instance"],
        Resolve([("Instance", 1)], ("Shop.A", "Instance", 0), ("Shop.B", "Instance", 1), ("Shop.C", "Instance", 2)));

    [Fact]
    public void FieldsThatAreNullAreSkipped() => Assert.Equal(
        ["static Shop.A.First", "static Shop.C.Third"],
        Resolve([("First", 0), ("Third", 0)], ("Shop.A", "First", 0), ("Shop.B", "Second", 0), ("Shop.C", "Third", 0)));

    [Fact]
    public void AFieldOfADerivedTypeIsStillFound() =>
        Assert.Equal(["static Shop.A.Service"], Resolve([("Service", 1)], ("Shop.A", "Service", 0)));

    [Fact]
    public void APropertyIsNamedByItsOwnName() =>
        Assert.Equal(["static Shop.A.Sessions"], Resolve([("<Sessions>k__BackingField", 2)], ("Shop.A", "<Sessions>k__BackingField", 2)));

    [Fact]
    public void AFieldThatNoFileDeclaresKeepsItsBareName() =>
        Assert.Equal(["static Hidden"], Resolve([("Hidden", 0)], ("Shop.A", "Open", 0)));

    [Fact]
    public void TheFieldsOfThisVeryAssemblyAreRead()
    {
        IReadOnlyList<StaticFieldDeclaration> declared = StaticFieldMetadata.TryRead("/", typeof(StaticFieldNamesTests).Assembly.Location);

        Assert.Contains(new StaticFieldDeclaration(typeof(StaticFieldNamesTests).FullName!, nameof(Types), "System.String[]"), declared);
    }

    [Fact]
    public void AFileThatIsNoAssemblyDeclaresNothing()
    {
        Assert.Empty(StaticFieldMetadata.TryRead("/", "/proc/self/status"));
        Assert.Empty(StaticFieldMetadata.TryRead("/", "/nowhere/at/all.dll"));
    }

    private static IReadOnlyList<string> Resolve((string Name, int Type)[] reported, params (string Class, string Field, int Type)[] declared) =>
        [.. StaticFieldNames.Resolve(
            [.. reported.Select(field => new StaticField(field.Name, (ulong)field.Type, 0x1000, IsThreadStatic: false))],
            [.. declared.Select(field => new StaticFieldDeclaration(field.Class, field.Field, Types[field.Type]))],
            type => Types[(int)type]).Select(named => named.Name)];
}
