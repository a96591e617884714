using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Tests.Heap;

public sealed class TypeNameTests
{
    [Theory]
    [InlineData("System.String", "System.String")]
    [InlineData("System.Byte[]", "System.Byte[]")]
    [InlineData("System.Int32[,]", "System.Int32[,]")]
    [InlineData("System.Collections.Generic.List`1[System.Int32[]][,]", "System.Collections.Generic.List<System.Int32[]>[,]")]
    [InlineData(
        "System.Collections.Generic.Dictionary`2[System.String,Shop.Session]",
        "System.Collections.Generic.Dictionary<System.String, Shop.Session>")]
    [InlineData(
        "Entry[System.Int32,System.Collections.Generic.KeyValuePair`2[System.String,Shop.Session]][]",
        "Entry<System.Int32, System.Collections.Generic.KeyValuePair<System.String, Shop.Session>>[]")]
    [InlineData("Shop.Outer+Inner", "Shop.Outer+Inner")]
    [InlineData("Shop.Broken`1[System.String", "Shop.Broken`1[System.String")]
    [InlineData("", "")]
    public void GenericArgumentsAreWrittenAsInCSharp(string runtime, string expected) => Assert.Equal(expected, TypeName.FromRuntime(runtime));

    [Theory]
    [InlineData("System.Collections.Generic.Dictionary<System.String, Shop.Session>", "Dictionary<String, Session>")]
    [InlineData("Entry<System.String, Shop.Session>[]", "Entry<String, Session>[]")]
    [InlineData("static Shop.Cache.Sessions", "static Sessions")]
    [InlineData("Shop.Outer+Inner", "Outer+Inner")]
    public void ShortNamesLeaveTheNamespacesOut(string name, string expected) => Assert.Equal(expected, TypeName.Shorten(name));
}
